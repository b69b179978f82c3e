using System.Text;
using Platform.Sandbox;
using Platform.Secrets;

namespace Platform.UserFunctions;

/// <summary>
/// Makes log lines of what a worker prints. A line belongs to the invocation that runs; what comes between two belongs to the next, as the worker's own (<c>system</c>).
/// The worker ends what it printed for an answer with a mark on both streams, so that the lines are there when the answer is.
/// </summary>
internal sealed class WorkerOutput
{
    private const int MaxLineBytes = 16 * 1024;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly byte[] _mark;
    private readonly SecretMask _secrets;
    private readonly TimeProvider _clock;
    private readonly Lines[] _streams = [new(OutputStream.Stdout), new(OutputStream.Stderr)];
    private LogBook _book = new();
    private bool _running;
    private int _expected;
    private TaskCompletionSource? _whole;

    public WorkerOutput(string token, SecretMask secrets, TimeProvider clock)
    {
        (_mark, _secrets, _clock) = (Encoding.ASCII.GetBytes($"\0{token}"), secrets, clock);
    }

    // Bytes that the longest secret may have.
    private int Spare => Encoding.UTF8.GetMaxByteCount(_secrets.Longest);

    public ValueTask TakeAsync(OutputStream stream, ReadOnlyMemory<byte> bytes)
    {
        lock (_gate)
        {
            var lines = _streams[(int)stream];
            var rest = bytes.Span;
            while (rest.IndexOf((byte)'\n') is >= 0 and var end)
            {
                lines.Add(rest[..end]);
                EndLine(lines);
                rest = rest[(end + 1)..];
            }

            lines.Add(rest);
            while (lines.Length > MaxLineBytes + Spare + _mark.Length)
                WritePiece(lines);
            if (_whole is { } waiting && _streams.All(found => found.Marks >= _expected))
                waiting.TrySetResult();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>The error without secrets.</summary>
    public InvocationError Clean(InvocationError error) => error with { Message = _secrets.Apply(error.Message), Stack = error.Stack is { } stack ? _secrets.Apply(stack) : null };

    /// <summary>Waits for what was printed while the code was loaded; it stays for the first invocation.</summary>
    public Task SettleAsync(int marks) => WaitAsync(Expect(marks));

    public void Begin()
    {
        lock (_gate)
            _running = true;
    }

    /// <summary>The lines of the invocation that has ended.</summary>
    /// <param name="marks">How many marks the worker has written on each stream with its answer.</param>
    public async ValueTask<IReadOnlyList<FunctionLogLine>> EndAsync(int marks)
    {
        if (Expect(marks) is { IsCompleted: false } whole)
            await WaitAsync(whole);
        lock (_gate)
        {
            _running = false;
            _whole = null;
            var lines = _book.Lines;
            _book = new LogBook();
            return lines;
        }
    }

    /// <summary>Takes what has no end of line: there will be no more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            foreach (var stream in _streams.Where(stream => stream.Length > 0))
                Write(stream, stream.Take(stream.Length));
        }
    }

    // A function that closes its streams does without the rest.
    private async Task WaitAsync(Task whole) => await whole.WaitAsync(LongestWait, _clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private Task Expect(int marks)
    {
        lock (_gate)
        {
            _expected += marks;
            if (_streams.All(stream => stream.Marks >= _expected))
                return Task.CompletedTask;
            _whole = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _whole.Task;
        }
    }

    private void EndLine(Lines lines)
    {
        var line = lines.Take(lines.Length);
        if (!line.AsSpan().EndsWith(_mark))
        {
            Write(lines, line);
            return;
        }

        lines.Marks++;
        if (line.Length > _mark.Length)
            Write(lines, line[..^_mark.Length]);
    }

    // Masked as a whole, and cut before the part that may be the beginning of a secret, which stays for the next piece.
    private void WritePiece(Lines lines)
    {
        var text = _secrets.Apply(Encoding.UTF8.GetString(lines.TakeWhole(MaxLineBytes + Spare)));
        var keep = Math.Min(_secrets.Longest, text.Length - 1);
        if (keep > 0 && char.IsLowSurrogate(text[^keep]))
            keep--;
        lines.PutBack(Encoding.UTF8.GetBytes(text[^keep..]));
        Write(lines, text[..^keep]);
    }

    private void Write(Lines lines, byte[] line) => Write(lines, _secrets.Apply(Encoding.UTF8.GetString(line)));

    private void Write(Lines lines, string text)
    {
        text = text.TrimEnd('\r').Replace('\0', '\uFFFD');
        var isError = lines.Stream == OutputStream.Stderr;
        _book.Add(new FunctionLogLine(_clock.GetUtcNow(), !_running ? "system" : isError ? "stderr" : "stdout", isError ? "error" : "info", text));
    }

    private sealed class Lines(OutputStream stream)
    {
        private byte[] _bytes = new byte[256];

        public OutputStream Stream { get; } = stream;

        public int Length { get; private set; }

        public int Marks { get; set; }

        public void Add(ReadOnlySpan<byte> bytes)
        {
            if (Length + bytes.Length > _bytes.Length)
                Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + bytes.Length));
            bytes.CopyTo(_bytes.AsSpan(Length));
            Length += bytes.Length;
        }

        /// <summary>Takes at most so many bytes, and no part of a character.</summary>
        public byte[] TakeWhole(int most)
        {
            var count = most;
            while (count > most - 4 && (_bytes[count] & 0xC0) == 0x80)
                count--;
            return Take(count);
        }

        public void PutBack(ReadOnlySpan<byte> bytes)
        {
            var rest = Take(Length);
            Add(bytes);
            Add(rest);
        }

        public byte[] Take(int count)
        {
            var taken = _bytes.AsSpan(0, count).ToArray();
            _bytes.AsSpan(count, Length - count).CopyTo(_bytes);
            Length -= count;
            return taken;
        }
    }
}
