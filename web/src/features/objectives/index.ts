export { Objectives } from "./objectives";
