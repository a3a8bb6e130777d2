import { EnglishDashboard } from "./dashboard";

export default function Page() {
  return <EnglishDashboard />;
}
