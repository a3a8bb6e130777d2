export { Provenance } from "./provenance";
