// Starts what only the page of a picture needs.
import { startDetails } from "./details.js";
import { startParts } from "./parts.js";
import { startRegion } from "./region.js";
import { startWhy } from "./why.js";
import { startZoom } from "./zoom.js";

startParts();
startRegion();
startDetails();
startZoom();
startWhy();
