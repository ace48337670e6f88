// Starts what only the settings need.
import { startModels } from "./models.js";

startModels();
