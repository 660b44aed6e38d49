using Interstice.Host.Commands;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;

namespace Interstice.Host.Tests.Reducers;

/// <summary>Goal: whoever the thread takes is answered once, whoever it does not take is left to the sender, and a caller that keeps it
/// keeps nobody else. Method: the thread itself, given works at random moments; on one processor it takes nobody.</summary>
public sealed class AnswerThreadTests
{
    private const int Works = 3_000;
    private const int WorksMax = 1_000_000;
    private static readonly TimeSpan AnswerTimeMax = TimeSpan.FromMinutes(1);

    private static readonly bool HasSeveralProcessors = Environment.ProcessorCount > 1;

    [Fact]
    public void Every_work_is_answered_once_by_the_thread_or_left_to_the_sender()
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        List<Work> works = [];
        int givenCount = 0;
        using (var answers = new AnswerThread(new StreamName("test")))
        {
            while (works.Count < Works || (HasSeveralProcessors && givenCount == 0))
            {
                works.Count.ShouldBeLessThan(WorksMax, $"the thread took none of them; seed {seed}");
                var work = new Work();
                works.Add(work);
                answers.Call();
                Thread.SpinWait(random.Next(2_000));
                if (random.Next(10) == 0)
                {
                    answers.SendAway();
                    work.Succeed(default, default);
                }
                else if (answers.TryGive(work, new Revision(works.Count), default))
                {
                    givenCount++;
                }
                else
                {
                    work.Succeed(default, default);
                }
            }

            foreach (Work work in works) ExpectAnswer(work, $"seed {seed}");
        }

        works.ShouldAllBe(work => work.AnswerCount == 1, $"seed {seed}");
        works.Count(work => work.WasHere).ShouldBe(givenCount, $"seed {seed}");
        for (int i = 0; i < works.Count; i++)
            if (works[i].WasHere) works[i].Revision.ShouldBe(new Revision(i + 1), $"seed {seed}");
    }

    [Fact]
    public void While_a_caller_keeps_the_thread_nothing_is_given_to_it()
    {
        if (!HasSeveralProcessors) return;
        using var answers = new AnswerThread(new StreamName("test"));
        using var mayGoOn = new ManualResetEventSlim();
        var keeping = new Work(() => mayGoOn.Wait());
        GiveWhenAwake(answers, keeping);
        for (int i = 0; i < 100; i++)
        {
            answers.Call();
            answers.TryGive(new Work(), default, default).ShouldBeFalse();
        }

        mayGoOn.Set();
        var next = new Work();
        GiveWhenAwake(answers, next);
        ExpectAnswer(next, "what was given after the caller had gone on");
        keeping.AnswerCount.ShouldBe(1);
    }

    private static void GiveWhenAwake(AnswerThread answers, Work work)
    {
        for (int i = 0; i < WorksMax; i++)
        {
            answers.Call();
            Thread.SpinWait(200);
            if (answers.TryGive(work, default, default)) return;
        }

        throw new InvalidOperationException($"the thread took nothing although it was called {WorksMax} times");
    }

    private static void ExpectAnswer(Work work, string what) =>
        SpinWait.SpinUntil(() => work.AnswerCount > 0, AnswerTimeMax).ShouldBeTrue($"no answer within {AnswerTimeMax}: {what}");

    private sealed class Work(Action? whenAnswered = null) : LoopWork
    {
        private int _answerCount;

        public int AnswerCount => Volatile.Read(ref _answerCount);

        public bool WasHere { get; private set; }

        public Revision Revision { get; private set; }

        public override void Succeed(Revision revision, Position position) => Interlocked.Increment(ref _answerCount);

        public override void SucceedHere(Revision revision, Position position)
        {
            (WasHere, Revision) = (true, revision);
            Interlocked.Increment(ref _answerCount);
            whenAnswered?.Invoke();
        }

        public override void Execute(ModuleLoop loop) => throw new NotSupportedException();

        public override bool Undone(CallRefusal kind, string reason) => throw new NotSupportedException();

        public override void Unresolved(string reason) => throw new NotSupportedException();

        public override void Refuse(CallRefusal kind, string reason) => throw new NotSupportedException();
    }
}
