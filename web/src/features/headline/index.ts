export { Headline } from "./headline";
export { dueToday, paceGap } from "./judge-week";
