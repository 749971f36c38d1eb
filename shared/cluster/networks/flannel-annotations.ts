/** What stands before the names of flannel's annotations. @see flannel pkg/subnet/kube/annotations.go */
export const flannelPrefix = 'flannel.alpha.coreos.com/';
