namespace EmbeddedFunctions.Invocation;

/// <summary>Stores what a function returns; a function that is already done costs no state machine.</summary>
internal static class InvocationResults
{
    public static Task Value<T>(InvocationContext context, T value)
    {
        context.Result.Value = value;
        return Task.CompletedTask;
    }

    public static Task TaskOf<T>(InvocationContext context, Task<T> task) =>
        task.IsCompletedSuccessfully ? Value(context, task.GetAwaiter().GetResult()) : AwaitAsync(context, task);

    public static Task ValueTaskOf<T>(InvocationContext context, ValueTask<T> task) =>
        task.IsCompletedSuccessfully ? Value(context, task.GetAwaiter().GetResult()) : AwaitAsync(context, task.AsTask());

    private static async Task AwaitAsync<T>(InvocationContext context, Task<T> task) => context.Result.Value = await task;
}
