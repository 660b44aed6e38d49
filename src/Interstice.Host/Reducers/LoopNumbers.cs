using System.Runtime.InteropServices;
using Interstice.Kernel.Events;

namespace Interstice.Host.Reducers;

/// <summary>The numbers that a loop gives its calls: seeds and ids of transactions. Written with every call, so that it stands alone in
/// its cache lines: callers on other threads read what lies beside it in the loop.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256 + 64)]
internal struct LoopNumbers
{
    [FieldOffset(128)]
    private RandomSequence _seeds;

    [FieldOffset(160)]
    private ulong _transactionHigh;

    [FieldOffset(168)]
    private uint _transactionLow;

    [FieldOffset(172)]
    private bool _hasRandomness;

    /// <summary>The next seed of <c>random()</c>.</summary>
    public UInt128 NextSeed(LoopIdentity identity)
    {
        if (!_hasRandomness)
        {
            _seeds = new RandomSequence(identity.Randomness());
            _hasRandomness = true;
        }

        return new UInt128(_seeds.Next(), _seeds.Next());
    }

    /// <summary>The next transaction's id.</summary>
    public TransactionId NextTransactionId(LoopIdentity identity)
    {
        if (_transactionLow == 0) _transactionHigh = (ulong)identity.Randomness();
        return new(_transactionHigh, _transactionLow++);
    }
}
