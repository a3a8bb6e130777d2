export { Journal } from "./journal";
