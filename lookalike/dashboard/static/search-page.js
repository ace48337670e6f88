// Starts what only the results of an uploaded picture need.
import { startRegion } from "./region.js";

startRegion();
