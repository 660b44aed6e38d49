namespace Interstice.TestKit.Network;

/// <summary>What a <see cref="FrameProxy"/> does at the border before a frame.</summary>
public enum ProxyFault
{
    /// <summary>The frame is passed on.</summary>
    None,

    /// <summary>Both connections are reset; the frame is lost.</summary>
    CutBefore,

    /// <summary>The frame is passed on, then both connections are reset.</summary>
    CutAfter,

    /// <summary>What the sender says from here on is lost, this frame too; the other side is still heard for a while, then both
    /// connections are reset.</summary>
    Silence,

    /// <summary>The frame's stream is reset on both sides; the connection stays.</summary>
    ResetStream,

    /// <summary>The frame is passed on later.</summary>
    Delay,
}

/// <summary>A frame of HTTP/2 on its way.</summary>
/// <param name="Index">Counted from 0 over all frames that the proxy has seen.</param>
/// <param name="FromServer">Whether it goes to the client.</param>
/// <param name="Type">Its type: 0 data, 1 headers, and so on.</param>
/// <param name="Stream">Its stream; 0 for the connection.</param>
public readonly record struct ProxyFrame(int Index, bool FromServer, byte Type, int Stream);
