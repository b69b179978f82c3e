using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Platform.Sandbox.Linux;

/// <summary>A file descriptor of ours that no child inherits unless a launch maps it.</summary>
internal sealed class Descriptor(int number) : IDisposable
{
    // Children get their descriptors at 0, 1, 2, … by dup2 in order; ours lie above, so that no dup2 overwrites a later source.
    internal const int Lowest = 128;

    private int _number = number;

    public int Number => _number;

    public bool IsOpen => _number >= 0;

    public void Dispose()
    {
        var open = Interlocked.Exchange(ref _number, -1);
        if (open >= 0)
            _ = Libc.close(open);
    }

    /// <summary>A pipe; its reading end does not block unless the child is the reader.</summary>
    public static unsafe (Descriptor Read, Descriptor Write) Pipe(bool blocking = false)
    {
        var ends = stackalloc int[2];
        Check(Libc.pipe2(ends, Libc.O_CLOEXEC));
        var read = new Descriptor(ends[0]).Raised();
        if (!blocking)
            read.SetNonBlocking();
        var write = new Descriptor(ends[1]).Raised();
        return (read, write);
    }

    public static Descriptor Event() => new Descriptor(Check(Libc.eventfd(0, Libc.EFD_CLOEXEC | Libc.O_NONBLOCK))).Raised();

    /// <summary>An anonymous sealed file, readable from its start.</summary>
    public static unsafe Descriptor Memory(string name, ReadOnlySpan<byte> content)
    {
        var file = new Descriptor(Check(Libc.memfd_create(name, Libc.MFD_CLOEXEC | Libc.MFD_ALLOW_SEALING))).Raised();
        fixed (byte* bytes = content)
        {
            for (var written = 0; written < content.Length;)
                written += (int)CheckLong(Libc.pwrite(file.Number, bytes + written, content.Length - written, written));
        }
        _ = Libc.fcntl(file.Number, Libc.F_ADD_SEALS, Libc.SealAll);
        return file;
    }

    public static Descriptor? TryOpen(string path, int flags)
    {
        var fd = Libc.open(path, flags | Libc.O_CLOEXEC);
        return fd < 0 ? null : new Descriptor(fd);
    }

    /// <summary><c>/dev/null</c> for a child's input.</summary>
    public static Descriptor Nothing() => new Descriptor(Check(Libc.open("/dev/null", Libc.O_RDONLY | Libc.O_CLOEXEC))).Raised();

    public unsafe void Signal()
    {
        ulong one = 1;
        if (_number >= 0)
            _ = Libc.write(_number, (byte*)&one, sizeof(ulong));
    }

    /// <summary>Bytes read, 0 at the end, -1 when there is nothing now.</summary>
    public unsafe int Read(Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
            return (int)Libc.read(_number, bytes, buffer.Length);
    }

    private void SetNonBlocking()
    {
        const int F_SETFL = 4;
        Check(Libc.fcntl(_number, F_SETFL, Libc.O_NONBLOCK));
    }

    private Descriptor Raised()
    {
        if (_number >= Lowest)
            return this;
        var raised = new Descriptor(Check(Libc.fcntl(_number, Libc.F_DUPFD_CLOEXEC, Lowest)));
        Dispose();
        return raised;
    }

    private static int Check(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    private static nint CheckLong(nint result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());
}
