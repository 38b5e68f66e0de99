import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, it } from "vitest";
import { readHere } from "./readHere";

it("begins with what this page has read, not with what the page before it had", async () => {
  const client = new QueryClient();
  let stored = "as it was opened";
  const options = { queryKey: ["chapter"], queryFn: () => Promise.resolve(stored), staleTime: 0, gcTime: 0 };
  const until = (observer: QueryObserver<string>) =>
    new Promise<string>((done) => {
      const end = observer.subscribe((found) => {
        const text = readHere(found);
        if (text === undefined) return;
        end();
        done(text);
      });
    });
  const left = new QueryObserver<string>(client, options);
  const leave = left.subscribe(() => undefined);
  expect(await until(new QueryObserver<string>(client, options))).toBe("as it was opened");
  stored = "as it was written there";
  const opened = new QueryObserver<string>(client, options);
  expect(opened.getCurrentResult().data).toBe("as it was opened");
  expect(readHere(opened.getCurrentResult())).toBeUndefined();
  expect(await until(opened)).toBe("as it was written there");
  leave();
});
