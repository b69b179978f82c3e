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
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestTail = TimeSpan.FromSeconds(5);

    private readonly SandboxRun run;
    private readonly ILogger logger;
    private readonly Channel<Func<ValueTask>> calls = Channel.CreateUnbounded<Func<ValueTask>>(new() { SingleReader = true, SingleWriter = true });
    private readonly Feed[] feeds;
    private readonly Task pump;
    private long lastSent;
    private int turn;

    public LiveOutput(SandboxRun run, OutputCapture stdout, OutputCapture stderr, ILogger logger)
    {
        this.run = run;
        this.logger = logger;
        feeds = [new Feed(OutputStream.Stdout, stdout), new Feed(OutputStream.Stderr, stderr)];
        pump = run.OnOutput is null && run.OnStarted is null ? Task.CompletedTask : PumpAsync();
    }

    /// <summary>Milliseconds until a chunk is due, or null when none waits.</summary>
    public int? DueIn => run.OnOutput is null || !feeds.Any(feed => feed.Waiting > 0)
        ? null
        : (int)Math.Max(0, Math.Ceiling((Interval - Stopwatch.GetElapsedTime(lastSent)).TotalMilliseconds));

    public void Started(SandboxStarted started)
    {
        if (run.OnStarted is { } call)
            calls.Writer.TryWrite(() => call(started));
    }

    /// <summary>Sends the next chunk when its time has come; the two streams take turns.</summary>
    public void SendDue()
    {
        if (DueIn is not 0)
            return;
        var feed = feeds[turn % 2].Waiting > 0 ? feeds[turn % 2] : feeds[(turn + 1) % 2];
        turn++;
        lastSent = Stopwatch.GetTimestamp();
        Send(feed, flush: false);
    }

    /// <summary>Sends one last chunk of each stream and waits until the caller has taken everything, five seconds at most.</summary>
    public async Task FinishAsync()
    {
        if (run.OnOutput is not null)
        {
            foreach (var feed in feeds.Where(feed => feed.Waiting > 0))
                Send(feed, flush: true);
        }
        calls.Writer.TryComplete();
        try
        {
            await pump.WaitAsync(LongestTail);
        }
        catch (TimeoutException)
        {
            logger.LogWarning("A live output callback is too slow; the rest is only in the result");
        }
    }

    private void Send(Feed feed, bool flush)
    {
        if (feed.Next(flush) is { Text.Length: > 0 } chunk && run.OnOutput is { } call)
            calls.Writer.TryWrite(() => call(chunk));
    }

    private async Task PumpAsync()
    {
        await foreach (var call in calls.Reader.ReadAllAsync())
        {
            try
            {
                await call();
            }
            catch (Exception e)
            {
                logger.LogWarning(e, "A live output callback failed");
            }
        }
    }

    private sealed class Feed(OutputStream stream, OutputCapture capture)
    {
        private readonly Decoder decoder = Encoding.UTF8.GetDecoder(); // keeps a character that a chunk cuts for the next chunk
        private int sent;

        public int Waiting => capture.Length - sent;

        public OutputChunk Next(bool flush)
        {
            var bytes = capture.Kept.Slice(sent, Math.Min(Waiting, ChunkBytes - 4));
            // A broken byte becomes three: such a chunk takes fewer, to stay within its size.
            if (!Utf8.IsValid(bytes))
                bytes = bytes[..Math.Min(bytes.Length, (ChunkBytes / 3) - 4)];
            var characters = new char[decoder.GetCharCount(bytes, flush)];
            var count = decoder.GetChars(bytes, characters, flush);
            var chunk = new OutputChunk(stream, sent, OutputCapture.Clean(new string(characters, 0, count)));
            sent += bytes.Length;
            return chunk;
        }
    }
}
