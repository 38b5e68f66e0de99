// One scene of a draft: what it is for, and its paragraphs.
import type { ReactNode } from "react";
import { useI18n } from "@/shared/i18n/i18n";
import classes from "./Project.module.css";

interface SceneTextProps {
  scene: { number: number; aim: string; paragraphs: string[] };
  of: number;
  language: string;
  growing?: boolean;
  children?: ReactNode;
}

export function SceneText({ scene, of, language, growing = false, children }: SceneTextProps) {
  const { t } = useI18n();
  return (
    <article className={classes["scene"]} data-testid="scene" data-growing={growing || undefined} aria-busy={growing || undefined}>
      <header className={classes["draftLine"]}>
        <div>
          <h3>{t("drafting.scene", { n: scene.number, of })}</h3>
          {scene.aim && (
            <p className={classes["draftCost"]} dir="auto" lang={language}>
              {scene.aim}
            </p>
          )}
        </div>
        {children}
      </header>
      {scene.paragraphs.map((text, index) => (
        <p key={index} dir="auto" lang={language}>
          {text}
        </p>
      ))}
    </article>
  );
}
