using Interstice.Host.Commands;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;

namespace Interstice.Host.Tests.Reducers;

/// <summary>Goal: works leave in the order in which they came, are counted until they leave, and none is lost when the consumer ends.
/// Method: a random order of adding and taking beside a queue, and producers on threads of their own.</summary>
public sealed class LoopInboxTests
{
    private const int Max = 20;

    [Fact]
    public void Works_leave_in_the_order_in_which_they_came_and_are_counted_until_they_leave()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        var inbox = new LoopInbox(Max);
        var model = new Queue<LoopWork>();
        for (int step = 0; step < 20_000; step++)
        {
            if (random.Next(2) == 0)
            {
                var work = new NumberedWork(0, step);
                bool isAdded = inbox.TryAdd(work);
                isAdded.ShouldBe(model.Count < Max, $"seed {seed}, step {step}");
                if (isAdded) model.Enqueue(work);
            }
            else
            {
                bool isTaken = inbox.TryTakeWork(out LoopWork work);
                isTaken.ShouldBe(model.TryDequeue(out LoopWork? expected), $"seed {seed}, step {step}");
                if (isTaken) work.ShouldBeSameAs(expected, $"seed {seed}, step {step}");
            }

            inbox.WorkCount.ShouldBe(model.Count, $"seed {seed}, step {step}");
        }
    }

    [Fact]
    public async Task Every_producers_works_leave_in_its_order()
    {
        const int Each = 50_000;
        var inbox = new LoopInbox(int.MaxValue);
        Task[] producers = [.. Enumerable.Range(0, 3).Select(producer => Task.Run(() =>
        {
            for (int i = 0; i < Each; i++) inbox.TryAdd(new NumberedWork(producer, i)).ShouldBeTrue();
        }))];
        int[] next = new int[producers.Length];
        while (next.Sum() < Each * producers.Length)
        {
            if (!inbox.TryTakeWork(out LoopWork work))
            {
                inbox.Wait(forAppendsOnly: false);
                continue;
            }

            var taken = (NumberedWork)work;
            taken.Number.ShouldBe(next[taken.Producer]++);
        }

        await Task.WhenAll(producers);
        inbox.WorkCount.ShouldBe(0);
    }

    [Fact]
    public void What_came_when_the_consumer_had_ended_can_be_taken_late()
    {
        var inbox = new LoopInbox(Max);
        while (inbox.TryTakeWork(out LoopWork _))
        {
        }

        var late = new NumberedWork(0, 1);
        inbox.TryAdd(late).ShouldBeTrue();

        inbox.TryTakeLate(out LoopWork taken).ShouldBeTrue();

        taken.ShouldBeSameAs(late);
        inbox.WorkCount.ShouldBe(0);
        inbox.TryTakeLate(out _).ShouldBeFalse();
    }

    private sealed class NumberedWork(int producer, int number) : LoopWork
    {
        public int Producer => producer;

        public int Number => number;

        public override object? Inputs => number % 3 == 0 ? null : this;

        public override void Execute(ModuleLoop loop) => throw new NotSupportedException();

        public override void Succeed(Revision revision, Position position) => throw new NotSupportedException();

        public override bool Undone(CallRefusal kind, string reason) => throw new NotSupportedException();

        public override void Unresolved(string reason) => throw new NotSupportedException();

        public override void Refuse(CallRefusal kind, string reason) => throw new NotSupportedException();
    }
}
