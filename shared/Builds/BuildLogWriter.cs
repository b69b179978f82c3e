using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;
using Platform.Sandbox;
using Platform.Secrets;

namespace Platform.Builds;

/// <summary>
/// Writes the log of a build that runs here: many lines at a time, none more than a second late. A program that prints faster than they can be stored waits; when the
/// log is full, what it prints is dropped.
/// </summary>
internal sealed class BuildLogWriter(IServiceScopeFactory scopes, Build build, SecretMask mask, TimeProvider clock) : IAsyncDisposable
{
    private const int MostLines = 1000;
    private const int MostCharacters = 256 * 1024;
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(500);

    private readonly SecretMask _mask = mask;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _over = new();
    private List<NewLine> _lines = [];
    private int _characters;
    private volatile bool _full;
    private Task? _flushing;

    /// <summary>One that keeps nothing but the end of what programs print: a build that has ended takes no more lines.</summary>
    public static BuildLogWriter Silent(IServiceScopeFactory scopes, Build build, SecretMask mask) => new(scopes, build, mask, TimeProvider.System) { _full = true };

    /// <summary>Begins to store what waits, twice a second.</summary>
    public void Open() => _flushing = FlushRegularlyAsync();

    /// <summary>A line of the platform's own.</summary>
    public Task SayAsync(string message, LogLevel level = LogLevel.Info, Guid? step = null) => AddAsync(LogStream.System, level, step, [_mask.Apply(message)]);

    /// <summary>Something that takes what a program prints in a step.</summary>
    public ProgramLog For(Guid? step) => new(this, step);

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        if (_flushing is not null)
            await _flushing;
        await FlushAsync();
        _over.Dispose();
        _turn.Dispose();
    }

    public async Task FlushAsync()
    {
        await _turn.WaitAsync();
        try
        {
            await StoreAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task AddAsync(LogStream stream, LogLevel level, Guid? step, IReadOnlyCollection<string> messages)
    {
        if (_full || messages.Count == 0)
            return;
        await _turn.WaitAsync();
        try
        {
            var now = clock.GetUtcNow();
            foreach (var piece in messages.SelectMany(LogText.Split))
            {
                _lines.Add(new NewLine(now, stream, level, step, piece));
                _characters += piece.Length;
            }

            if (_lines.Count >= MostLines || _characters >= MostCharacters)
                await StoreAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task StoreAsync()
    {
        if (_lines.Count == 0 || _full)
            return;
        var lines = _lines;
        (_lines, _characters) = ([], 0);
        await using var scope = scopes.CreateScopeFor(Caller.System(build.OrganizationId), null);
        _full = !await scope.ServiceProvider.GetRequiredService<AppendLog>().AddAsync(build.Id, lines, CancellationToken.None);
    }

    private async Task FlushRegularlyAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            await Task.Delay(Late, clock, _over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await FlushAsync();
        }
    }

    /// <summary>Takes both streams of one program.</summary>
    internal sealed class ProgramLog(BuildLogWriter writer, Guid? step)
    {
        private const int TailCharacters = 16 * 1024;
        private readonly LineAssembler _stdout = new(writer._mask);
        private readonly LineAssembler _stderr = new(writer._mask);
        private readonly Lock _lock = new();
        private string _tail = "";

        /// <summary>The end of what it printed, without secrets.</summary>
        public string Tail
        {
            get { lock (_lock) return _tail; }
        }

        public async ValueTask TakeAsync(OutputStream stream, ReadOnlyMemory<byte> bytes)
        {
            var lines = (stream == OutputStream.Stdout ? _stdout : _stderr).Add(bytes.Span);
            Keep(lines);
            await writer.AddAsync(stream == OutputStream.Stdout ? LogStream.Stdout : LogStream.Stderr, LogLevel.Info, step, lines);
        }

        /// <summary>To be called when the program has ended.</summary>
        public async Task EndAsync()
        {
            foreach (var (stream, assembler) in new[] { (LogStream.Stdout, _stdout), (LogStream.Stderr, _stderr) })
            {
                if (assembler.End() is not { } last)
                    continue;
                Keep([last]);
                await writer.AddAsync(stream, LogLevel.Info, step, [last]);
            }
        }

        private void Keep(List<string> lines)
        {
            if (lines.Count == 0)
                return;
            lock (_lock)
            {
                var text = _tail + string.Join('\n', lines.TakeLast(TailCharacters / 16)) + "\n";
                _tail = text.Length > TailCharacters ? text[^TailCharacters..] : text;
            }
        }
    }

}
