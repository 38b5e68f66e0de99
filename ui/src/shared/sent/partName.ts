// What a part of a prompt is called: stages by their names, the others by words of their own, else as the server has it.
import { STAGES } from "@/shared/api/types";
import { useMaybe } from "@/shared/i18n/i18n";

export function usePartName(): (name: string) => string {
  const maybe = useMaybe();
  return (name) => {
    const stage = STAGES.find((one) => one.toLowerCase() === name);
    return maybe(stage ? `stage.${stage}` : `sent.name.${name}`, name.replaceAll("_", " "));
  };
}
