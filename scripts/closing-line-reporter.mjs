/** Prints `N passed, N failed` as the very last line of a run, whatever else was printed. */
export default class ClosingLineReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      // A file that could not even be loaded has no tests, and failed.
      if (
        module.state() === "failed" &&
        [...module.children.allTests()].every((test) => test.result().state !== "failed")
      ) {
        count.failed += 1;
      }
      for (const test of module.children.allTests()) count[test.result().state] = (count[test.result().state] ?? 0) + 1;
    }
    if (count.passed === 0 && count.failed === 0) {
      process.exitCode = 1;
      count.failed = 1;
    }
    process.on("exit", () => {
      if (count.skipped > 0) console.log(`${count.skipped} skipped: each says above what this host lacks`);
      console.log(`${count.passed} passed, ${count.failed} failed`);
    });
  }
}
