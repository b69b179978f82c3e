namespace Platform.UserFunctions;

/// <summary>Workers of a function on this node: those that wait, run and start.</summary>
public sealed record FunctionPool(int Warm, int Busy, int Starting)
{
    public static FunctionPool Of(WorkerPools pools, Guid functionId)
    {
        var (warm, busy, starting, _) = pools.CountOf(functionId);
        return new FunctionPool(warm, busy, starting);
    }
}
