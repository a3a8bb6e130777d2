export { Conversion } from "./conversion";
