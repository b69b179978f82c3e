namespace Platform.Executions;

public static class ExecutionTopics
{
    public const string Executions = "execution_events";
    public const string Completed = "execution_completed";
    public const string Failed = "execution_failed";
    public const string Timeout = "execution_timeout";
    public const string Results = "execution_results";
    public const string Pods = "pod_events";
    public const string PodStatus = "pod_status_updates";
    public const string Sagas = "saga_events";
    public const string Commands = "saga_commands";
}
