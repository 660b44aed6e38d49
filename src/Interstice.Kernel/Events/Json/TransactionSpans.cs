using System.Buffers.Binary;

namespace Interstice.Kernel.Events.Json;

/// <summary>The parts of a <see cref="TransactionRecord"/> where they stand in its bytes; nothing is copied, and texts are not checked.</summary>
internal ref struct TransactionSpans
{
    private const byte HasKeyFlag = 1;
    private const byte HasResultFlag = 2;
    private const byte HasCausationFlag = 4;
    private const byte HasOriginFlag = 8;
    private const byte KnownFlags = HasKeyFlag | HasResultFlag | HasCausationFlag | HasOriginFlag;
    private const byte WithoutChain = 1;
    private const int GuidBytes = 16;
    private const int NumberBytes = 16;

    private ReadOnlySpan<byte> _rest;
    private bool _isCut;

    internal int EventCount { get; private set; }

    internal ReadOnlySpan<byte> Reducer { get; private set; }

    internal ReadOnlySpan<byte> Arguments { get; private set; }

    internal ReadOnlySpan<byte> Caller { get; private set; }

    internal long TimeUs { get; private set; }

    internal UInt128 Seed { get; private set; }

    internal ReadOnlySpan<byte> Code { get; private set; }

    internal ReadOnlySpan<byte> Engine { get; private set; }

    internal ulong Fuel { get; private set; }

    internal ReadOnlySpan<byte> Host { get; private set; }

    internal ulong Epoch { get; private set; }

    internal UInt128 StateHash { get; private set; }

    internal bool HasIdempotencyKey { get; private set; }

    internal ReadOnlySpan<byte> IdempotencyKey { get; private set; }

    internal bool HasResult { get; private set; }

    internal ReadOnlySpan<byte> Result { get; private set; }

    /// <summary>Empty where there is none.</summary>
    internal ReadOnlySpan<byte> Causation { get; private set; }

    /// <summary>Empty where it begins its chain of causes.</summary>
    internal ReadOnlySpan<byte> Correlation { get; private set; }

    internal byte Depth { get; private set; }

    /// <summary>Empty where there is none.</summary>
    internal ReadOnlySpan<byte> Chain { get; private set; }

    /// <summary>Finds the parts.</summary>
    /// <returns>False for what <see cref="TransactionRecord.Read"/> refuses, but for texts.</returns>
    internal static bool TryRead(ReadOnlySpan<byte> metadata, out TransactionSpans call)
    {
        call = new TransactionSpans { _rest = metadata };
        ReadOnlySpan<byte> head = call.Take(2);
        if (call._isCut || head[0] is 0 or > TransactionRecord.FormatVersion) return false;
        if ((head[1] & ~KnownFlags) != 0) return false;
        call.HasIdempotencyKey = (head[1] & HasKeyFlag) != 0;
        call.HasResult = (head[1] & HasResultFlag) != 0;
        call.ReadRun();
        if (call.HasIdempotencyKey) call.IdempotencyKey = call.TakeBytes();
        if (call.HasResult) call.Result = call.TakeBytes();
        if ((head[1] & HasCausationFlag) != 0) call.Causation = call.Take(GuidBytes);
        if ((head[1] & HasOriginFlag) != 0)
        {
            call.Correlation = call.Take(GuidBytes);
            call.Depth = (byte)call.TakeNumber(sizeof(byte));
        }

        if (head[0] > WithoutChain) call.Chain = call.Take(ChainValue.Bytes);
        return !call._isCut && call._rest.IsEmpty && call.EventCount > 0;
    }

    private void ReadRun()
    {
        EventCount = (int)TakeNumber(sizeof(int));
        Reducer = TakeBytes();
        Arguments = TakeBytes();
        Caller = Take(Identity.Bytes);
        TimeUs = (long)TakeNumber(sizeof(long));
        Seed = TakeNumber(NumberBytes);
        Code = Take(CodeHash.Bytes);
        Engine = TakeBytes();
        Fuel = (ulong)TakeNumber(sizeof(ulong));
        Host = Take(GuidBytes);
        Epoch = (ulong)TakeNumber(sizeof(ulong));
        StateHash = TakeNumber(NumberBytes);
    }

    private UInt128 TakeNumber(int bytes)
    {
        Span<byte> number = stackalloc byte[NumberBytes];
        Take(bytes).CopyTo(number);
        return BinaryPrimitives.ReadUInt128LittleEndian(number);
    }

    private ReadOnlySpan<byte> TakeBytes()
    {
        uint length = (uint)TakeNumber(sizeof(uint));
        return Take(length > (uint)_rest.Length ? int.MaxValue : (int)length);
    }

    // Empty, and so is all that follows, where not so many are left.
    private ReadOnlySpan<byte> Take(int count)
    {
        _isCut |= _rest.Length < count;
        ReadOnlySpan<byte> taken = _isCut ? default : _rest[..count];
        _rest = _isCut ? default : _rest[count..];
        return taken;
    }
}
