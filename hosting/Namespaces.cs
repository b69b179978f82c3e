namespace EmbeddedFunctions.DurableTask
{
    internal interface IMark;
}

namespace EmbeddedFunctions.DurableTask.Client
{
    internal interface IMark;
}
