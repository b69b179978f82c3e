using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Platform.Chaos.Workflows;

// The worker that is killed: the embedded host with nothing but the functions of Workflows/.
var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddSingleton(new ExecutionLog(builder.Configuration["Chaos:Executions"] ?? throw new InvalidOperationException("Chaos:Executions is missing.")));
builder.Build().Run();
