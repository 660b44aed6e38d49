using System.Runtime.InteropServices;

namespace Interstice.Host.Reducers;

/// <summary>A number that many threads change, alone in its cache lines: who reads what lies beside it does not wait for
/// them.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct SharedCount
{
    /// <summary>The number.</summary>
    [FieldOffset(128)]
    public int Value;
}
