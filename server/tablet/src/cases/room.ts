/** All that is needed once there are cases, loaded as one. */
export { Cases } from './cases'
export { forgetReplaced, newestLists } from './lists'
export { sealSubject, subjectPlace } from './subject'
