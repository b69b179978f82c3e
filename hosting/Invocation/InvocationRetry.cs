using EmbeddedFunctions.Worker;

namespace EmbeddedFunctions.Invocation;

internal sealed class InvocationRetry(int retryCount, int maxRetryCount) : RetryContext
{
    public static readonly InvocationRetry None = new(0, 0);

    public override int RetryCount => retryCount;

    public override int MaxRetryCount => maxRetryCount;
}
