using System.Text;

namespace Platform.Runtime;

/// <summary>Standard output that knows whether something was printed.</summary>
internal sealed class Output(Func<Stream> open) : Stream
{
    private static readonly List<Output> All = [];
    private static volatile bool _printed;
    private Stream? _stream;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public static TextWriter Writer(Func<Stream> open)
    {
        All.Add(new Output(open));
        return new StreamWriter(All[^1], new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };
    }

    /// <summary>What was printed before an answer is read before it: a mark on both streams says that there is no more. 1 when there are marks.</summary>
    public static int Mark(byte[] mark)
    {
        if (!_printed)
            return 0;
        foreach (var output in All)
            output.Write(mark);
        _printed = false;
        return 1;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length == 0)
            return;
        _printed = true;
        (_stream ??= open()).Write(buffer);
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
