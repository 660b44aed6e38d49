using System.Runtime.InteropServices;

namespace Interstice.Wasm.Execution;

/// <content>The image: a copy of the memory to which it can be set back at the cost of the pages written
/// since.</content>
public sealed unsafe partial class LinearMemory
{
    private const int DirtyPageBytes = 1 << DirtyPageShift;

    private byte* _image;
    private ulong _imageBytes;
    private bool _hasImage;

    /// <summary>Takes the image: contents and size as they are now.</summary>
    internal void CaptureImage()
    {
        FreeImage();
        _imageBytes = LengthCell;
        _hasImage = true;
        if (_imageBytes > 0)
        {
            _image = (byte*)NativeMemory.AllocZeroed((nuint)_imageBytes);
            for (ulong at = 0; at < _imageBytes; at += DirtyPageBytes)
            {
                // A page of zeroes is left alone on both sides, so that large empty memories cost no memory.
                var page = new ReadOnlySpan<byte>(Base + at, DirtyPageBytes);
                if (page.ContainsAnyExcept((byte)0)) page.CopyTo(new Span<byte>(_image + at, DirtyPageBytes));
            }
        }

        // Pages past the length may be marked: a memory that was reset from a larger size keeps them, zeroed.
        DirtyPages(_committedBytes).Clear();
    }

    /// <summary>Sets contents and size back to the image; nothing when there is none.</summary>
    internal void RestoreImage()
    {
        if (!_hasImage) return;
        Span<byte> dirty = DirtyPages(LengthCell);

        // A mark covers what follows its page, and on the last page of a full memory that is the first page.
        if (LengthCell == (ulong)PagesMax * PageBytes) dirty[0] = 1;
        int next = 0;
        while (true)
        {
            int skipped = dirty[next..].IndexOf((byte)1);
            if (skipped < 0) break;
            int first = next + skipped;
            int count = dirty[first..].IndexOf((byte)0);
            if (count < 0) count = dirty.Length - first;
            dirty.Slice(first, count).Clear();
            Restore((ulong)first * DirtyPageBytes, (ulong)count * DirtyPageBytes);
            next = first + count;
        }

        LengthCell = _imageBytes;
    }

    // Bytes past the image's end belong to pages grown since: zero, as they will be when the memory grows again.
    private void Restore(ulong from, ulong bytes)
    {
        ulong to = Math.Min(from + bytes + DirtySlack, LengthCell);
        ulong copyTo = Math.Min(to, _imageBytes);
        if (from < copyTo) Buffer.MemoryCopy(_image + from, Base + from, copyTo - from, copyTo - from);
        ulong zeroFrom = Math.Max(from, _imageBytes);
        if (zeroFrom < to) NativeMemory.Clear(Base + zeroFrom, (nuint)(to - zeroFrom));
    }

    private Span<byte> DirtyPages(ulong bytes) => new(DirtyMap, (int)(bytes >> DirtyPageShift));

    private void FreeImage()
    {
        NativeMemory.Free(_image);
        _image = null;
        _hasImage = false;
    }
}
