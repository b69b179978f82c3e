namespace EmbeddedFunctions.Worker
{
    internal interface IMark;
}

namespace EmbeddedFunctions.Worker.Builder
{
    internal interface IMark;
}

namespace EmbeddedFunctions.Worker.Middleware
{
    internal interface IMark;
}

namespace EmbeddedFunctions.DurableTask
{
    internal interface IMark;
}

namespace EmbeddedFunctions.DurableTask.Client
{
    internal interface IMark;
}
