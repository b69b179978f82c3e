using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Unicode;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Platform.Sandbox.Linux;

/// <summary>Hands start and output to the caller's callbacks, in order and off the supervising thread, which must never wait for them.</summary>
internal sealed class LiveOutput
{
    private const int ChunkBytes = 4096;
    private const int MostInFlight = 256 << 10;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestTail = TimeSpan.FromSeconds(5);

    private readonly SandboxRun _run;
    private readonly Action _onRoom;
    private readonly ILogger _logger;
    private readonly Channel<Func<ValueTask>> _calls = Channel.CreateUnbounded<Func<ValueTask>>(new() { SingleReader = true, SingleWriter = true });
    private readonly Feed[] _feeds;
    private readonly Task _pump;
    private long _lastSent;
    private int _turn;
    private int _inFlight;

    /// <param name="onRoom">Called when <see cref="IsFull"/> has become false.</param>
    public LiveOutput(SandboxRun run, OutputCapture stdout, OutputCapture stderr, Action onRoom, ILogger logger)
    {
        _run = run;
        _onRoom = onRoom;
        _logger = logger;
        _feeds = [new Feed(OutputStream.Stdout, stdout), new Feed(OutputStream.Stderr, stderr)];
        _pump = run.OnOutput is null && run.OnStarted is null && run.OnBytes is null ? Task.CompletedTask : PumpAsync();
    }

    /// <summary>Milliseconds until a chunk is due, or null when none waits.</summary>
    public int? DueIn => _run.OnOutput is null || !_feeds.Any(feed => feed.Waiting > 0)
        ? null
        : (int)Math.Max(0, Math.Ceiling((Interval - Stopwatch.GetElapsedTime(_lastSent)).TotalMilliseconds));

    /// <summary>Whether the caller has so much still to take that no more should be read.</summary>
    public bool IsFull => Volatile.Read(ref _inFlight) >= MostInFlight;

    public void Started(SandboxStarted started)
    {
        if (_run.OnStarted is { } call)
            _calls.Writer.TryWrite(() => call(started));
    }

    /// <summary>Hands on every byte, when the run wants that.</summary>
    public void Pass(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        if (_run.OnBytes is not { } call)
            return;
        var length = bytes.Length;
        var copy = ArrayPool<byte>.Shared.Rent(length);
        bytes.CopyTo(copy);
        Interlocked.Add(ref _inFlight, length);
        _calls.Writer.TryWrite(async () =>
        {
            try
            {
                await call(stream, copy.AsMemory(0, length));
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(copy);
                var left = Interlocked.Add(ref _inFlight, -length);
                if (left < MostInFlight && left + length >= MostInFlight)
                    _onRoom();
            }
        });
    }

    /// <summary>Sends the next chunk when its time has come; the two streams take turns.</summary>
    public void SendDue()
    {
        if (DueIn is not 0)
            return;
        var feed = _feeds[_turn % 2].Waiting > 0 ? _feeds[_turn % 2] : _feeds[(_turn + 1) % 2];
        _turn++;
        _lastSent = Stopwatch.GetTimestamp();
        Send(feed, flush: false);
    }

    /// <summary>Sends one last chunk of each stream and waits until the caller has taken everything: five seconds at most, but for a caller who takes every byte.</summary>
    public async Task FinishAsync()
    {
        if (_run.OnOutput is not null)
        {
            foreach (var feed in _feeds.Where(feed => feed.Waiting > 0))
                Send(feed, flush: true);
        }
        _calls.Writer.TryComplete();
        try
        {
            await _pump.WaitAsync(_run.OnBytes is null ? LongestTail : Timeout.InfiniteTimeSpan);
        }
        catch (TimeoutException)
        {
            _logger.LogWarning("A live output callback is too slow; the rest is only in the result");
        }
    }

    private void Send(Feed feed, bool flush)
    {
        if (feed.Next(flush) is { Text.Length: > 0 } chunk && _run.OnOutput is { } call)
            _calls.Writer.TryWrite(() => call(chunk));
    }

    private async Task PumpAsync()
    {
        await foreach (var call in _calls.Reader.ReadAllAsync())
        {
            try
            {
                await call();
            }
            catch (Exception e)
            {
                _logger.LogWarning(e, "A live output callback failed");
            }
        }
    }

    private sealed class Feed(OutputStream stream, OutputCapture capture)
    {
        private readonly Decoder _decoder = Encoding.UTF8.GetDecoder(); // keeps a character that a chunk cuts for the next chunk
        private int _sent;

        public int Waiting => capture.Length - _sent;

        public OutputChunk Next(bool flush)
        {
            var bytes = capture.Kept.Slice(_sent, Math.Min(Waiting, ChunkBytes - 4));
            // A broken byte becomes three: such a chunk takes fewer, to stay within its size.
            if (!Utf8.IsValid(bytes))
                bytes = bytes[..Math.Min(bytes.Length, (ChunkBytes / 3) - 4)];
            var characters = new char[_decoder.GetCharCount(bytes, flush)];
            var count = _decoder.GetChars(bytes, characters, flush);
            var chunk = new OutputChunk(stream, _sent, OutputCapture.Clean(new string(characters, 0, count)));
            _sent += bytes.Length;
            return chunk;
        }
    }
}
