import { NetworkAccess } from '../types.bicep'

param name string
param location string
param tags object
param principalId string
param topics { name: string, subscriptions: string[] }[]
param network NetworkAccess?

var tier = network == null ? 'Standard' : 'Premium' // private endpoints exist in Premium only
var sender = '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39'
var receiver = '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0'
var subscriptions = flatten(map(
  range(0, length(topics)),
  i => map(topics[i].subscriptions, subscription => { topic: i, name: subscription })
))

resource bus 'Microsoft.ServiceBus/namespaces@2026-01-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: tier, tier: tier, capacity: tier == 'Premium' ? 1 : null }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: network == null ? 'Enabled' : 'Disabled'
  }
}

resource busTopics 'Microsoft.ServiceBus/namespaces/topics@2026-01-01' = [
  for topic in topics: {
    parent: bus
    name: topic.name
    properties: {
      defaultMessageTimeToLive: 'P14D'
      requiresDuplicateDetection: true // the relay sends again what it is not sure of, under the same message id
      duplicateDetectionHistoryTimeWindow: 'PT10M'
    }
  }
]

resource busSubscriptions 'Microsoft.ServiceBus/namespaces/topics/subscriptions@2026-01-01' = [
  for subscription in subscriptions: {
    parent: busTopics[subscription.topic]
    name: subscription.name
    properties: {
      lockDuration: 'PT1M'
      maxDeliveryCount: 10
      deadLetteringOnMessageExpiration: true
    }
  }
]

resource senders 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (topic, i) in topics: {
    name: guid(bus.id, topic.name, principalId, sender)
    scope: busTopics[i]
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', sender)
      principalId: principalId
      principalType: 'ServicePrincipal'
    }
  }
]

resource receivers 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (subscription, i) in subscriptions: {
    name: guid(bus.id, topics[subscription.topic].name, subscription.name, principalId, receiver)
    scope: busSubscriptions[i]
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', receiver)
      principalId: principalId
      principalType: 'ServicePrincipal'
    }
  }
]

module endpoint 'private-endpoint.bicep' = if (network != null) {
  params: {
    resourceId: bus.id
    resourceName: name
    service: 'namespace'
    location: location
    tags: tags
    network: network!
  }
}

output hostName string = replace(replace(bus.properties.serviceBusEndpoint, 'https://', ''), ':443/', '')
