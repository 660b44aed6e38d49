using Interstice.Kernel.Events;

namespace Interstice.Cli.Demo;

/// <summary>All calls of a demonstration, by phase, caller and number: whoever knows the seed knows every call, so that
/// a process which was killed need not have said what it sent.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Accounts">Accounts that phase <see cref="OpeningPhase"/> opens.</param>
internal sealed record LoadPlan(ulong Seed, int Accounts)
{
    /// <summary>The phase that opens the accounts.</summary>
    public const int OpeningPhase = 0;

    /// <summary>The phase of undisturbed work.</summary>
    public const int WorkingPhase = 1;

    /// <summary>The phase of the first process that is killed; each further one has the next number.</summary>
    public const int FirstKilledPhase = 2;

    private const long LargeAmount = 1_000_000;
    private const long DepositMax = 2 * LargeAmount;
    private const long SmallAmountMax = 500;
    private const long OpeningOneIn = 256;
    private const long LargeOneIn = 512;

    /// <summary>Who calls.</summary>
    public static Identity Identify(int phase, int caller) =>
        Identity.Of("interstice demo", $"teller {caller} of phase {phase}");

    /// <summary>A call.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="caller">The caller, counted from 0.</param>
    /// <param name="number">How many calls it made before in this phase.</param>
    public BankCall Call(int phase, int caller, long number)
    {
        ulong branch = SplitMix.Branch(SplitMix.Branch((ulong)phase, (ulong)caller), (ulong)number);
        var random = new SplitMix(SplitMix.Branch(Seed, branch));
        if (phase == OpeningPhase || random.Below(OpeningOneIn) == 0)
            return new BankCall.Open($"customer {phase}.{caller}.{number}", random.Below(DepositMax));
        long from = random.Below(Accounts);
        long to = (from + 1 + random.Below(Accounts - 1)) % Accounts;
        long amount = random.Below(LargeOneIn) == 0
            ? LargeAmount + random.Below(SmallAmountMax)
            : 1 + random.Below(SmallAmountMax);
        return new BankCall.Transfer((ulong)from + 1, (ulong)to + 1, amount);
    }
}
