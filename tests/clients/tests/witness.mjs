// What each of the vendor's clients must see at the endpoint whose connection string is in ESDB.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";

/**
 * @param name Name of the client.
 * @param connect Makes a client from a connection string.
 * @param api What the client's package exports.
 * @param expecting Options of an append that expects a state of its stream.
 */
export function witness(name, connect, api, expecting) {
  const { START, END, FORWARDS, BACKWARDS, NO_STREAM, STREAM_EXISTS } = api;
  let client;
  const stream = (prefix) => `${prefix}-${randomUUID()}`;
  const numbers = (count, from = 0) =>
    Array.from({ length: count }, (_, i) => api.jsonEvent({ type: "Counted", data: { i: i + from } }));
  const actual = (error) => error.actualVersion ?? error.actualState;
  const expected = (error) => error.expectedVersion ?? error.expectedState;
  const values = (resolved) => resolved.map(({ event }) => event.data.i);

  async function collect(read) {
    const all = [];
    for await (const resolved of read) all.push(resolved);
    return all;
  }

  /** Takes so many events of a subscription. */
  async function take(subscription, count) {
    const taken = [];
    if (count === 0) return taken;
    for await (const resolved of subscription) {
      taken.push(resolved);
      if (taken.length === count) break;
    }
    return taken;
  }

  describe(name, () => {
    before(() => {
      client = connect(process.env.ESDB);
    });
    after(() => client.dispose());

    test("appends and reads back what it said", async () => {
      const s = stream("said");
      const json = api.jsonEvent({ type: "Said", data: { text: "grüße ✓", n: 1 }, metadata: { by: "me" } });
      const binary = api.binaryEvent({ type: "Bytes", data: Uint8Array.from([0, 1, 255]), metadata: Uint8Array.from([9]) });
      const result = await client.appendToStream(s, [json, binary], expecting(NO_STREAM));
      assert.equal(result.success, true);
      assert.equal(result.nextExpectedRevision, 1n);

      const [first, second] = await collect(client.readStream(s));
      assert.equal(first.event.id, json.id);
      assert.equal(first.event.type, "Said");
      assert.equal(first.event.streamId, s);
      assert.equal(first.event.revision, 0n);
      assert.deepEqual(first.event.data, { text: "grüße ✓", n: 1 });
      assert.deepEqual(first.event.metadata, { by: "me" });
      assert.ok(Math.abs(first.event.created - Date.now()) < 3_600_000);
      assert.equal(second.event.isJson, false);
      assert.deepEqual([...second.event.data], [0, 1, 255]);
      assert.equal(second.event.position.commit, result.position.commit);
    });

    test("appends with credentials go by the classic append", async () => {
      const s = stream("classic");
      const credentials = { username: "admin", password: "changeit" };
      const result = await client.appendToStream(s, numbers(3), { ...expecting(NO_STREAM), credentials });
      assert.equal(result.nextExpectedRevision, 2n);
      await assert.rejects(
        client.appendToStream(s, numbers(1), { ...expecting(0n), credentials }),
        (error) => error instanceof api.WrongExpectedVersionError && actual(error) === 2n && expected(error) === 0n,
      );
      assert.deepEqual(values(await collect(client.readStream(s))), [0, 1, 2]);
    });

    test("is told of a state that was not expected", async () => {
      const s = stream("expected");
      await client.appendToStream(s, numbers(2));
      for (const wrong of [NO_STREAM, 0n, 5n])
        await assert.rejects(
          client.appendToStream(s, numbers(1), expecting(wrong)),
          (error) =>
            error instanceof api.WrongExpectedVersionError &&
            error.streamName === s &&
            actual(error) === 1n &&
            expected(error) === wrong,
        );
      await assert.rejects(
        client.appendToStream(stream("absent"), numbers(1), expecting(STREAM_EXISTS)),
        (error) => error instanceof api.WrongExpectedVersionError && actual(error) === "no_stream",
      );
      await client.appendToStream(s, numbers(1, 2), expecting(1n));
      assert.deepEqual(values(await collect(client.readStream(s))), [0, 1, 2]);
    });

    test("appends many at once, and the same events once", async () => {
      const s = stream("many");
      const results = await Promise.all(
        Array.from({ length: 200 }, (_, i) =>
          client.appendToStream(s, numbers(5, i * 5), expecting(i === 0 ? NO_STREAM : BigInt(i * 5 - 1))),
        ),
      );
      assert.deepEqual(results.map((result) => result.nextExpectedRevision), results.map((_, i) => BigInt(i * 5 + 4)));
      assert.deepEqual(values(await collect(client.readStream(s))), Array.from({ length: 1000 }, (_, i) => i));

      const again = stream("again");
      const events = numbers(2);
      const first = await client.appendToStream(again, events, expecting(NO_STREAM));
      const second = await client.appendToStream(again, events, expecting(NO_STREAM));
      assert.deepEqual(second, first);
      assert.equal((await collect(client.readStream(again))).length, 2);
    });

    test("is told of an append that is too large", async () => {
      const large = api.binaryEvent({ type: "Large", data: new Uint8Array(1024 * 1024 + 1) });
      const s = stream("large");
      await assert.rejects(
        client.appendToStream(s, large),
        (error) => error instanceof api.MaxAppendSizeExceededError && error.maxAppendSize === 1024 * 1024,
      );
      await client.appendToStream(s, api.binaryEvent({ type: "Large", data: new Uint8Array(1024 * 1024) }));
      const [read] = await collect(client.readStream(s));
      assert.equal(read.event.data.length, 1024 * 1024);
    });

    test("reads a stream either way from any place", async () => {
      const s = stream("read");
      await client.appendToStream(s, numbers(10));
      const read = async (options) => values(await collect(client.readStream(s, options)));
      assert.deepEqual(await read({ direction: FORWARDS, fromRevision: 7n }), [7, 8, 9]);
      assert.deepEqual(await read({ direction: FORWARDS, fromRevision: START, maxCount: 2 }), [0, 1]);
      assert.deepEqual(await read({ direction: BACKWARDS, fromRevision: END, maxCount: 3 }), [9, 8, 7]);
      assert.deepEqual(await read({ direction: BACKWARDS, fromRevision: 1n }), [1, 0]);
      assert.deepEqual(await read({ direction: FORWARDS, fromRevision: 10n }), []);
    });

    test("is told of a stream that is not there", async () => {
      const s = stream("absent");
      await assert.rejects(
        collect(client.readStream(s)),
        (error) => error instanceof api.StreamNotFoundError,
      );
    });

    test("reads all either way", async () => {
      const s = stream("all");
      const { position } = await client.appendToStream(s, numbers(3));
      const last = await collect(client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 3 }));
      assert.deepEqual(values(last), [2, 1, 0]);
      const from = await collect(client.readAll({ direction: FORWARDS, fromPosition: last[1].event.position, maxCount: 2 }));
      assert.deepEqual(values(from), [1, 2]);
      assert.equal(from[1].event.position.commit, position.commit);
      const all = await collect(client.readAll({ direction: FORWARDS, fromPosition: START }));
      assert.deepEqual(values(all.filter(({ event }) => event.streamId === s)), [0, 1, 2]);
    });

    test("subscribes to a stream across the border of history and present", async () => {
      const s = stream("followed");
      await client.appendToStream(s, numbers(50));
      const subscription = client.subscribeToStream(s, { fromRevision: 9n });
      let caughtUp = 0;
      subscription.on("caughtUp", () => caughtUp++);
      const taking = take(subscription, 90);
      for (let i = 50; i < 100; i++) await client.appendToStream(s, numbers(1, i), expecting(BigInt(i - 1)));
      assert.deepEqual(values(await taking), Array.from({ length: 90 }, (_, i) => i + 10));
      assert.ok(caughtUp > 0);
    });

    test("subscribes to all by prefix and by regular expression, with checkpoints", async () => {
      const prefix = stream("wanted");
      const filters = [
        (options) => api.streamNameFilter({ prefixes: [prefix], ...options }),
        (options) => api.streamNameFilter({ regex: `^${prefix}`, ...options }),
        (options) => api.eventTypeFilter({ prefixes: [prefix], ...options }),
      ];
      await client.appendToStream(prefix, numbers(1));
      await client.appendToStream(stream("other"), Array.from({ length: 40 }, () => api.jsonEvent({ type: `${prefix}-type`, data: { i: 7 } })));
      await client.appendToStream(`${prefix}-2`, numbers(1, 1));
      for (const [i, filter] of filters.entries()) {
        let checkpoint;
        const reached = Promise.withResolvers?.() ?? (() => {
          const parts = {};
          parts.promise = new Promise((resolve) => (parts.resolve = resolve));
          return parts;
        })();
        const subscription = client.subscribeToAll({
          fromPosition: START,
          filter: filter({
            maxSearchWindow: 10,
            checkpointReached: (_, position) => {
              checkpoint = position;
              reached.resolve();
            },
          }),
        });
        const taken = await take(subscription, i < 2 ? 2 : 40);
        assert.deepEqual(values(taken), i < 2 ? [0, 1] : Array(40).fill(7));
        await reached.promise;
        assert.ok(checkpoint.commit > 0n);
      }
    });

    test("subscribes to what comes, without system events", async () => {
      const subscription = client.subscribeToAll({ fromPosition: END, filter: api.excludeSystemEvents() });
      await new Promise((resolve) => subscription.once("confirmation", resolve));
      const s = stream("live");
      await client.setStreamMetadata(s, { maxCount: 50 });
      await client.appendToStream(s, numbers(2));
      assert.deepEqual((await take(subscription, 2)).map(({ event }) => event.streamId), [s, s]);
    });

    test("deletes a stream, which goes on counting", async () => {
      const s = stream("deleted");
      await client.appendToStream(s, numbers(3));
      await assert.rejects(
        client.deleteStream(s, { expectedRevision: 1n }),
        (error) => error instanceof api.WrongExpectedVersionError && actual(error) === 2n && error.streamName === s,
      );
      const { position } = await client.deleteStream(s, { expectedRevision: 2n });
      assert.ok(position.commit > 0n);
      await assert.rejects(collect(client.readStream(s)), (error) => error instanceof api.StreamNotFoundError);
      const again = await client.appendToStream(s, numbers(1, 3), expecting(NO_STREAM));
      assert.equal(again.nextExpectedRevision, 3n);
      assert.deepEqual(values(await collect(client.readStream(s))), [3]);
    });

    test("keeps settings of a stream, which hold", async () => {
      const s = stream("settings");
      await client.appendToStream(s, numbers(10));
      assert.equal((await client.getStreamMetadata(s)).metadata, undefined);
      await client.setStreamMetadata(s, { maxCount: 4, truncateBefore: 7, maxAge: 3600 }, expecting(NO_STREAM));
      assert.deepEqual((await client.getStreamMetadata(s)).metadata, { maxCount: 4, truncateBefore: 7, maxAge: 3600 });
      assert.deepEqual(values(await collect(client.readStream(s))), [7, 8, 9]);
      await assert.rejects(
        client.setStreamMetadata(s, {}, expecting(NO_STREAM)),
        (error) => error instanceof api.WrongExpectedVersionError,
      );
      await client.setStreamMetadata(s, { maxCount: 2 }, expecting(0n));
      assert.deepEqual(values(await collect(client.readStream(s))), [8, 9]);
    });

    test("keeps access lists and properties of one's own", async () => {
      const s = stream("kept");
      const metadata = { maxCount: 4, cacheControl: 60, acl: { readRoles: ["someone", "else"], writeRoles: ["me"] }, mine: { a: [1, "grüße"] } };
      await client.setStreamMetadata(s, metadata);
      const kept = (await client.getStreamMetadata(s)).metadata;
      assert.equal(kept.cacheControl, 60);
      assert.deepEqual(kept.acl.readRoles, ["someone", "else"]);
      assert.deepEqual(kept.mine, { a: [1, "grüße"] });
      assert.equal(kept.maxCount, 4);
    });

    test("tells a deleted stream from one that is only truncated", async () => {
      const s = stream("truncated");
      await client.appendToStream(s, numbers(3));
      await client.setStreamMetadata(s, { truncateBefore: 3, mine: 1 });
      assert.deepEqual(await collect(client.readStream(s)), []);
      await assert.rejects(client.appendToStream(s, numbers(1), expecting(NO_STREAM)), (error) => error instanceof api.WrongExpectedVersionError);
      await client.deleteStream(s);
      await assert.rejects(collect(client.readStream(s)), (error) => error instanceof api.StreamNotFoundError);
      await assert.rejects(
        client.appendToStream(s, numbers(1), expecting(STREAM_EXISTS)),
        (error) => error instanceof api.StreamDeletedError,
      );
      await client.appendToStream(s, numbers(1, 3), expecting(NO_STREAM));
      assert.deepEqual(values(await collect(client.readStream(s))), [3]);
      assert.deepEqual((await client.getStreamMetadata(s)).metadata, { truncateBefore: 3, mine: 1 });
    });

    test("closes a stream for ever", async () => {
      const s = stream("closed");
      const deleted = (error) => error instanceof api.StreamDeletedError && error.streamName === s;
      await client.appendToStream(s, numbers(3));
      await assert.rejects(
        client.tombstoneStream(s, { expectedRevision: 1n }),
        (error) => error instanceof api.WrongExpectedVersionError && actual(error) === 2n,
      );
      const { position } = await client.tombstoneStream(s, { expectedRevision: 2n });
      assert.ok(position.commit > 0n);
      await assert.rejects(collect(client.readStream(s)), deleted);
      await assert.rejects(client.appendToStream(s, numbers(1)), deleted);
      await assert.rejects(client.appendToStream(s, numbers(1), { credentials: { username: "admin", password: "changeit" } }), deleted);
      await assert.rejects(client.deleteStream(s), deleted);
      await assert.rejects(client.tombstoneStream(s), deleted);
      const last = await collect(client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1 }));
      assert.equal(last[0].event.type, "$streamDeleted");
      assert.equal(last[0].event.streamId, s);
    });

    test("is told when its credentials are wrong", { skip: !process.env.ESDB.includes("@") }, async () => {
      const stranger = connect(process.env.ESDB.replace(/\/\/[^@]*@/, "//admin:wrong@"));
      try {
        await assert.rejects(stranger.appendToStream(stream("denied"), numbers(1)));
        await assert.rejects(collect(stranger.readStream(stream("denied"))));
        await assert.rejects(stranger.tombstoneStream(stream("denied")));
      } finally {
        await stranger.dispose();
      }
    });

    test("is refused a stream without a name", async () => {
      await assert.rejects(client.appendToStream("", numbers(1)));
    });
  });
}
