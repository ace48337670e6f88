// Starts what only the pages of duplicates need.
import { startReview } from "./review.js";

startReview();
