import { NetworkAccess } from '../types.bicep'

@maxLength(24)
param name string
param location string
param tags object

@description('The app: it may read secrets.')
param readerPrincipalId string

@description('Who may write secrets; nobody when empty.')
param officerObjectId string

param network NetworkAccess?

var secretsUser = '4633458b-17de-408a-b874-0445c86b69e6'
var secretsOfficer = 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    enablePurgeProtection: true // who loses the master key loses every stored secret
    publicNetworkAccess: network == null ? 'Enabled' : 'Disabled'
    networkAcls: { defaultAction: network == null ? 'Allow' : 'Deny', bypass: 'None' }
  }
}

resource reader 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, readerPrincipalId, secretsUser)
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUser)
    principalId: readerPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource officer 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(officerObjectId)) {
  name: guid(vault.id, officerObjectId, secretsOfficer)
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsOfficer)
    principalId: officerObjectId
  }
}

module endpoint 'private-endpoint.bicep' = if (network != null) {
  params: {
    resourceId: vault.id
    resourceName: name
    service: 'vault'
    location: location
    tags: tags
    network: network!
  }
}

output name string = vault.name
