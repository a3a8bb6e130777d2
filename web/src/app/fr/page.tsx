import { FrenchDashboard } from "./dashboard";

export default function Page() {
  return <FrenchDashboard />;
}
