using System.Text.Json;
using Platform.Events;
using Platform.Sandbox;

namespace Platform.Executions;

/// <summary>
/// Passes what a running script prints to the streams of this process, as <c>execution_output</c>. Not stored and without an id: a stream that is served by
/// another process, or opened later, shows the output with the result.
/// </summary>
public sealed class LiveOutput(EventTail tail, TimeProvider clock)
{
    private const string EventType = "execution_output";

    public bool IsWatched(Guid executionId) => tail.HasWatchers(executionId.ToString());

    public void Publish(Guid executionId, OutputChunk chunk) => tail.Publish(executionId.ToString(), new TailItem(EventType, Render(executionId, chunk)));

    private byte[] Render(Guid executionId, OutputChunk chunk) => JsonSerializer.SerializeToUtf8Bytes(
        new OutputMessage(EventType, executionId, clock.GetUtcNow(), chunk.Stream, chunk.Offset, chunk.Text), WireJson.Snake.Writing);

    private sealed record OutputMessage(string EventType, Guid ExecutionId, DateTimeOffset Timestamp, OutputStream Stream, long Offset, string Text);
}
