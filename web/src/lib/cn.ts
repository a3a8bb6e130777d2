import { clsx, type ClassValue } from "clsx";

/** Joins class names. No two of ours compete for one property, so nothing has to be merged. */
export function cn(...inputs: ClassValue[]): string {
  return clsx(inputs);
}
