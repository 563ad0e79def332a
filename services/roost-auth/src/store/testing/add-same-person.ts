/** Opens the store named by its argument and adds a person with the identity "same"; prints "added" or "taken". */
import { newUserId } from "@wingthing/contracts/ids";
import { openSqliteStore } from "../sqlite-store.ts";
import { UserTakenError } from "../store.ts";

await using store = await openSqliteStore(process.argv[2] ?? "");
const person = { userId: newUserId((bytes) => crypto.getRandomValues(bytes)), displayName: "Ada", createdAt: 1 };
try {
  await store.addUser({ ...person, email: undefined }, { provider: "test", subject: "same" });
  console.log("added");
} catch (error) {
  if (!(error instanceof UserTakenError)) throw error;
  console.log("taken");
}
