using EmbeddedFunctions.ServiceBus;
using Microsoft.Extensions.Logging;

namespace EmbeddedFunctions.Broker;

/// <summary>Completes messages together: what gathers while one statement runs goes into the next. A failure leaves messages to be delivered again.</summary>
internal sealed class Completions(MessageStore store, ILogger<Completions> logger)
{
    private readonly Lock _gate = new();
    private List<ServiceBusReceivedMessage> _waiting = [];
    private Task _flushing = Task.CompletedTask;

    public void Add(ServiceBusReceivedMessage message)
    {
        lock (_gate)
        {
            _waiting.Add(message);
            if (_waiting.Count == 1 && _flushing.IsCompleted)
                _flushing = Task.Run(FlushAsync);
        }
    }

    /// <summary>Ends when everything added so far is settled.</summary>
    public Task DrainAsync()
    {
        lock (_gate)
            return _flushing;
    }

    private async Task FlushAsync()
    {
        while (Take() is { Count: > 0 } batch)
        {
            try
            {
                var completed = await store.CompleteAsync(batch, CancellationToken.None);
                if (completed.Count < batch.Count)
                    logger.LogWarning("{Count} messages were completed after their locks had ended; they come again.", batch.Count - completed.Count);
            }
            catch (Exception e)
            {
                logger.LogError(e, "{Count} messages could not be completed; they come again.", batch.Count);
            }
        }
    }

    // The emptiness is decided under the gate together with the end of the flush, so that no message is left behind.
    private List<ServiceBusReceivedMessage> Take()
    {
        lock (_gate)
        {
            var batch = _waiting;
            _waiting = [];
            if (batch.Count == 0)
                _flushing = Task.CompletedTask;
            return batch;
        }
    }
}
