using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Platform.Events;

namespace Platform.Functions.Events;

/// <summary>The open streams of this process: how many each user has, and whether the host still takes new ones.</summary>
public sealed class StreamRegistry(IHostApplicationLifetime lifetime, IOptions<StreamOptions> options)
{
    private const int OperatorFactor = 4;

    private readonly ConcurrentDictionary<Guid, int> _perUser = new();
    private int _open;

    public int Open => Volatile.Read(ref _open);

    public StreamOptions Options => options.Value;

    public int MaxPerUser => Options.MaxPerUser;

    /// <summary>Set when the host stops; every stream says so and closes.</summary>
    public CancellationToken Stopping => lifetime.ApplicationStopping;

    /// <summary>Takes a place, or answers null when the user has too many streams. Dispose it with the stream.</summary>
    public IDisposable? TryEnter(Caller caller)
    {
        var userId = caller.UserId!.Value;
        var most = caller.IsOperator ? MaxPerUser * OperatorFactor : MaxPerUser;
        if (_perUser.AddOrUpdate(userId, 1, static (_, count) => count + 1) > most)
        {
            Leave(userId);
            return null;
        }

        Interlocked.Increment(ref _open);
        return new Place(this, userId);
    }

    private void Leave(Guid userId)
    {
        _perUser.AddOrUpdate(userId, 0, static (_, count) => count - 1);
        _perUser.TryRemove(new KeyValuePair<Guid, int>(userId, 0));
    }

    private sealed class Place(StreamRegistry registry, Guid userId) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) != 0)
                return;
            Interlocked.Decrement(ref registry._open);
            registry.Leave(userId);
        }
    }
}
