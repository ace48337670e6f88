// Starts what every page may need; what belongs to one page has a script of its own there. Without
// scripts every page still works; these make it quicker.
import { startActions } from "./actions.js";
import { startColours } from "./colours.js";
import { startDrop } from "./drop.js";
import { startFolders } from "./folders.js";
import { startGrid } from "./grid.js";
import { startHelp } from "./help.js";
import { startGroups } from "./groups.js";
import { startImageQuery } from "./image-query.js";
import { startProgress } from "./progress.js";
import { startSearch } from "./search.js";
import { startSelection } from "./selection.js";
import { startSmall } from "./small.js";
import { startUploads } from "./uploads.js";

startSmall();
startSearch();
startImageQuery();
startDrop();
startGrid();
startSelection();
startFolders();
startUploads();
startActions();
startHelp();
startColours();
startGroups();
startProgress();
