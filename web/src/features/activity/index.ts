export { Activity } from "./activity";
