export { Masthead } from "./masthead";
export { Sidebar } from "./sidebar";
export { SyncMessage } from "./sync";
