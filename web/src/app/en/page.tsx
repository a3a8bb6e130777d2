export default function Page() { return <main>Leadlake</main>; }
