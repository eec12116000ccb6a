// Packages that bring no types of their own.
declare module "h5p-standalone" {
  const standalone: { H5P: new (host: HTMLElement, options: Record<string, unknown>) => Promise<string> };
  export default standalone;
}
