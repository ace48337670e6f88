// Starts what each page needs. Without scripts every page still works; these make it quicker.
import { startActions } from "./actions.js";
import { startColours } from "./colours.js";
import { startDrop } from "./drop.js";
import { startEdit } from "./edit.js";
import { startGrid } from "./grid.js";
import { startImageQuery } from "./image-query.js";
import { startParts } from "./parts.js";
import { startProgress } from "./progress.js";
import { startRegion } from "./region.js";
import { startSearch } from "./search.js";
import { startSelection } from "./selection.js";
import { startSmall } from "./small.js";
import { startUploads } from "./uploads.js";

document.documentElement.classList.add("js");
startSmall();
startSearch();
startImageQuery();
startDrop();
startGrid();
startSelection();
startParts();
startRegion();
startEdit();
startUploads();
startActions();
startColours();
startProgress();
