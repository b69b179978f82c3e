import { Identity } from '../types.bicep'

param name string
param location string
param tags object
param identity Identity

var dataContributor = '0ad04412-c4d5-4796-b79c-f76d14c8d402'
var connection = 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING'

resource scheduler 'Microsoft.DurableTask/schedulers@2025-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    sku: { name: 'Consumption' }
    ipAllowlist: ['0.0.0.0/0'] // an empty list refuses everyone; the role below decides who gets in
  }

  resource hub 'taskHubs' = {
    name: 'platform'
  }
}

resource contributor 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(scheduler::hub.id, identity.principalId, dataContributor)
  scope: scheduler::hub
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', dataContributor)
    principalId: identity.principalId
    principalType: 'ServicePrincipal'
  }
}

@description('Settings that make the app use this scheduler instead of what host.json says.')
output settings object = {
  '${connection}': 'Endpoint=${scheduler.properties.endpoint};Authentication=ManagedIdentity;ClientID=${identity.clientId}'
  AzureFunctionsJobHost__extensions__durableTask__hubName: scheduler::hub.name
  AzureFunctionsJobHost__extensions__durableTask__storageProvider__type: 'azureManaged'
  AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName: connection
}
