import { wireTables } from "./parts/table.js";

wireTables();
